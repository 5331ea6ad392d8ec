"""PDFium's functions that are called for every character and every line of a page.

They are the raw functions of pypdfium2 without the checking of their
arguments, which takes longer than most of the calls themselves. Arguments
must therefore be just what PDFium's headers say: a handle as PDFium gave it, a
Python integer for an int, `byref` of a ctypes object for a pointer to fill.
Strings and floating-point numbers cannot be passed.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as c


def _unchecked(function: Any) -> Any:
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(function.restype)(address)


char_code = _unchecked(c.FPDFText_GetUnicode)
char_box = _unchecked(c.FPDFText_GetCharBox)
char_origin = _unchecked(c.FPDFText_GetCharOrigin)
page_object = _unchecked(c.FPDFPage_GetObject)
form_object = _unchecked(c.FPDFFormObj_GetObject)
object_type = _unchecked(c.FPDFPageObj_GetType)
object_matrix = _unchecked(c.FPDFPageObj_GetMatrix)
segment_count = _unchecked(c.FPDFPath_CountSegments)
draw_mode = _unchecked(c.FPDFPath_GetDrawMode)
path_segment = _unchecked(c.FPDFPath_GetPathSegment)
segment_type = _unchecked(c.FPDFPathSegment_GetType)
segment_point = _unchecked(c.FPDFPathSegment_GetPoint)
segment_closes = _unchecked(c.FPDFPathSegment_GetClose)
