"""The Diagnose stage's panels: what is wrong, the evidence for it, and the probes behind it.

They show `Finding`s, `Diagnosis` and `ProbeHistory` as they are; what to conclude is decided in the
`doctor` room alone.
"""
