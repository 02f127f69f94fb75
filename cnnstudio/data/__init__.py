"""IMAGES ON DISK: find, split, decode, resize and cache them; never change them.

`decode.py` is the only place of the program that opens a person's image file. Start with
`index.py` (names, labels, splits) and `cache.py` (the pixels that training reads). NumPy and
Pillow; no OpenCV, no Qt, no Keras.
"""
