"""The network as one edits it: palette, list of layers, form of a layer, regularization budget.

Shapes and counts come from `spec.shapes`; no panel here knows a particular kind of layer.
"""
