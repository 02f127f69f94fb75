"""DOING IT: networks built, trained, measured, kept and exported. The only room that knows Keras.

`session.py` conducts a training run, `forks.py` the doctor's short runs, `export.py` an export.
Everything goes out as events; nothing here knows who listens. Import Keras and TensorFlow from
`engine.py` alone, which quiets and settles them first.
"""
