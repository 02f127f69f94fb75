"""The tour: the real window and the real worker through the whole main job, with pictures.

`python -m tests.tour --out DIR` is how everybody looks at the program.
"""
