"""The specification as a job: what is found of each clause."""
