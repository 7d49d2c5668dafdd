"""What people looked at: observations, which nobody decides and nobody waits for.

What enters: `Observer.observe`, from surfaces, on the way out of a read. What leaves: batches of counts in a log of
their own (`migrations/0007_observations.sql`), which projections follow as they follow the events. It is not among
what auditors verify, and what a killed process had not written yet is lost.

`observed.py` says what is stored, `log.py` stores and reads it, `observer.py` counts in memory and writes a few
times a second.
"""

from write_side.observations.observed import Kind

__all__ = ["Kind"]
