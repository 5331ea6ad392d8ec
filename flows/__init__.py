"""The outermost layer: the command line, the nightly run and what it keeps.

``flows.cli`` is the console command. ``flows.nightly`` is the Prefect flow,
a thin order of the plain functions of ``flows.stages``; what they keep on
disk is described by ``warehouse.home`` and ``flows.store``. Nothing else imports
this package, and only this package imports Prefect.
"""
