"""The quality dashboard: pages over the published warehouse, rendered by the server.

``dashboard.app`` puts the pages together. Each kind of page is a module with plain functions
that ask the warehouse (SQL under ``sql/``) and give a model; the same model is printed by a
template and given as JSON under ``/api``. The warehouse is opened read-only; what is written
are reviewers' decisions alone, in the home's append-only files.
"""
