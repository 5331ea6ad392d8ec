"""Original documents made into something that can be shown.

What is asked for stands in ``shown``. What opens documents runs in a child process with limits (``child``), which
loads little: this package loads nothing by itself.
"""
