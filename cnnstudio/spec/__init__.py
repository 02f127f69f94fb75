"""WHAT TO RUN: the frozen experiment, the catalogue of its members, its files and its problems.

Everything here is a value or a pure function over values: pydantic and NumPy, no images, no Qt,
no Keras. Start with `experiment.py`. To add a layer, operation, optimizer, schedule, loss,
regularizer or policy, add one class to the matching file; forms, YAML, `--set` and tests follow.
"""
