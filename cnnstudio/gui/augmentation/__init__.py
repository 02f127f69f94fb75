"""Augmentation as one sees it: the preview of what trains, and the list of operations.

The pictures come from `augment.samples.SampleMaker`, the same object that feeds the trainer.
"""
