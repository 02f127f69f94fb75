"""IMAGES ON DISK: find, split, decode, resize and cache them; never change them.

`decode.py` is the only place of the program that decodes a person's image file. Start with
`index.py` (names, labels, splits) and `cache.py` (the pixels that training reads); `health/` looks
for what is wrong with a set. NumPy and Pillow, OpenCV in `health/` alone; no Qt, no Keras.
"""
