"""The Train stage's panels: how the network will learn, its curves, its numbers.

Panels take the experiment, the facts and a run's history by setters; they know no worker and no
window. Curves are drawn by `gui/plots`; a number's rounding is decided in `numbers`.
"""
