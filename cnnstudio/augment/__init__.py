"""ONE IMAGE -> MANY: the drawn changes of training images, for preview, trainer and terminal alike.

`samples.py` is the one path from an image to its augmented self; `batches.py` feeds training from
it with threads; `code.py` writes the augmentation down for Keras, `generator_arguments.py` reads an
ImageDataGenerator. NumPy and OpenCV; no Qt, no Keras. What may vary stands in `spec.operations`.
"""
