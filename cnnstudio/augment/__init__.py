"""ONE IMAGE -> MANY: the drawn changes of training images, for preview, trainer and terminal alike.

`samples.py` is the one path from an image to its augmented self; `batches.py` feeds training from
it with threads. NumPy and OpenCV; no Qt, no Keras. What may vary is declared in `spec.operations`.
"""
