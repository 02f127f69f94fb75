"""CNN Studio: from a folder of images to a trained, understood and exported classifier.

The rooms, from what one sees down to what is stored: gui, worker, training, doctor, runs, augment,
data, spec, resources. A room imports only rooms below its own; app.py and cli.py put them together.
"""

__version__ = "0.1.0"
