"""Augmentation operations: the range, the draw and the arithmetic of each, one class an operation.

`operation.py` holds the forms that an operation takes (matrix, bend, grey-level curve, colour
mixture, pixels, batch, compound), `ranges.py` what a range is; the other files hold the members.
OpenCV is imported where an operation needs it: the window reads this room and must start fast.
"""
