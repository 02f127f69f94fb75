"""`python -m cnnstudio.worker`: the child process."""

from cnnstudio.worker import child, jobs

if __name__ == "__main__":
    child.main(jobs.load)
