"""Where words and results go: results to stdout, everything else to stderr, JSON on request."""

import json
import sys
from typing import TYPE_CHECKING, Any, Literal

from cnnstudio.spec.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console


class Output:
    """The terminal of one command.

    `say` is for people and goes to stderr, `report` is what they asked for and goes to stdout,
    unless stdout belongs to `json`: then it goes to stderr too.
    """

    def __init__(self, json: bool = False) -> None:
        self.json = json

    def say(self, text: str) -> None:
        """A line on the way: what happens, what was skipped."""
        print(text, file=sys.stderr, flush=True)

    def report(self, text: str) -> None:
        """A line of the result, for people."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)

    def result(self, value: dict[str, Any]) -> None:
        """One JSON object on a line of stdout; nothing without `--json`."""
        if self.json:
            self.line(json.dumps(value, ensure_ascii=False))

    def line(self, text: str) -> None:
        """A finished JSON line on stdout; nothing without `--json`."""
        if self.json:
            print(text, flush=True)

    def error(self, error: UserError) -> None:
        """What went wrong, in one sentence, and where."""
        self.say(f"cnnstudio: {error.sentence}")
        if error.place and error.place not in error.sentence:
            self.say(f"  in {error.place}")
        self.result({"error": error.sentence, "place": error.place})

    def console(self) -> "Console":
        """Rich's console on stderr, for progress bars."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    def table(self, title: str, columns: list[str], rows: list[list[str]]) -> None:
        """A table of the result, for people."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
        for name in columns:
            right = bool(rows) and all(_numeric(row[columns.index(name)]) for row in rows)
            # The first column names the row; a name in two lines cannot be copied.
            first = name == columns[0]
            justify: Literal["left", "right"] = "right" if right else "left"
            table.add_column(name, justify=justify, overflow="fold", no_wrap=first)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(stderr=self.json, highlight=False).print(table)


def _numeric(cell: str) -> bool:
    return not cell.strip("0123456789.,% –-")
