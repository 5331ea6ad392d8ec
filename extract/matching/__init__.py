"""Aligning the grids of a document to an edition of the form.

The rows and columns of the form are known and ordered; what the page shows is
a damaged copy. ``edition`` chooses the form, ``align`` finds the rows,
``assign`` the columns, ``repair`` lets the identities choose between readings
where a row does not have as many figures as the form has columns, ``reviews``
reads 表四, whose rows stand side by side.
"""
