"""One function for each cause that an experiment or its run reveals, grouped as the causes are.

A rule is a generator of findings, registered by `@static_rule("R1")` or `@train_rule("M1")`. It
speaks only when its evidence is certain enough to be worth a person's time: an ordinary healthy
experiment leaves every rule silent. A new rule needs nothing but its function here.
"""
