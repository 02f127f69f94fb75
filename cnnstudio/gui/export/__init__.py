"""The Export stage's panels: where the model goes, and what the check of it found."""
