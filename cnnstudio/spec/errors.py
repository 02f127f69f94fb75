"""The one exception for mistakes that a person can mend: what is wrong, where, the details."""


class UserError(Exception):
    """Something a person can put right.

    `sentence` says in one plain sentence what is wrong and what to do, `place` where it is (a file,
    a path into an experiment), `details` what an expert may want to copy.
    """

    def __init__(self, sentence: str, place: str = "", details: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place
        self.details = details
