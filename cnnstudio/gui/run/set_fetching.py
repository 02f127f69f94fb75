"""The download of a set of Keras in a child process of its own, beside whatever else runs."""

from __future__ import annotations

from cnnstudio.gui.run.side_job import SideJob
from cnnstudio.spec.keras_sets import SetName
from cnnstudio.worker.request import Request


class SetFetching(SideJob):
    """Fetches one set at a time."""

    def start(self, name: SetName) -> None:
        """Fetch a set; nothing happens while another one is on its way."""
        from cnnstudio.data.keras_files import job_folder

        if not self.busy:
            folder = job_folder(name)
            request = Request("fetch", folder, folder / "events.jsonl", dataset=name)
            self._begin(request, folder)
