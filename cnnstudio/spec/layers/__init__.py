"""Layers by their Keras names: fields, output shapes, parameter counts and multiply-adds.

`layer.py` says what a layer is; the other files hold the members. To add a layer, add its class to
the file of its group: palette, form, YAML, shapes and tests follow.
"""
