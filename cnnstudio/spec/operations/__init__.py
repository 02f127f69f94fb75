"""Augmentation operations: the range, the draw and the arithmetic of each, one class an operation.

`operation.py` holds the two forms an operation takes (geometry, colour); the other files hold the
members. Pixels are touched in the room `augment` only.
"""
