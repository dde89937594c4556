"""What a PDF holds beside its pages' content: values of form fields, comments, attached files."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from analyzer.parsing.pdf_page import Annotation, Frame, Rectangle

__all__ = ["attachments", "opened_form", "read_annotations"]

_MOST = 2000
"""Annotations of a page that are looked at."""


@contextmanager
def opened_form(document: Any) -> Iterator[Any]:
    """PDFium's handle on a document's form, closed at the end; None where it has none."""
    import pypdfium2.raw as raw

    if raw.FPDF_GetFormType(document.raw) == raw.FORMTYPE_NONE:
        yield None
        return
    setting = raw.FPDF_FORMFILLINFO(version=2)
    form = raw.FPDFDOC_InitFormFillEnvironment(document.raw, setting)
    try:
        yield form or None
    finally:
        if form:
            raw.FPDFDOC_ExitFormFillEnvironment(form)


def read_annotations(page: Any, frame: Frame, form: Any) -> Iterator[Annotation]:
    """Texts of a page's annotations, in the order of the file."""
    import pypdfium2.raw as raw

    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            text = _text(annotation, kind, form)
            if text:
                yield Annotation(
                    text, _box(annotation, frame), kind not in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT)
                )
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _text(annotation: Any, kind: int, form: Any) -> str:
    import pypdfium2.raw as raw

    if kind in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
        return ""
    if kind != raw.FPDF_ANNOT_WIDGET:
        return _string(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
    if form is None:
        return ""
    field = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if field in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        state = _string(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, b"AS", buffer, size))
        return "[x]" if state not in ("", "Off") else ""
    if field in (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        return _string(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
    return ""


def _box(annotation: Any, frame: Frame) -> Rectangle:
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    return frame.rectangle(box.left, box.bottom, box.right, box.top)


def _string(get: Callable[[Any, int], int]) -> str:
    """A string that PDFium writes as UTF-16 after telling its length in bytes."""
    import pypdfium2.raw as raw

    size = get(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    get(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").replace("\r", "\n").strip()


def attachments(document: Any) -> tuple[str, ...]:
    """Names of the files that are attached to a document."""
    import pypdfium2.raw as raw

    names = []
    for number in range(min(raw.FPDFDoc_GetAttachmentCount(document.raw), _MOST)):
        attached = raw.FPDFDoc_GetAttachment(document.raw, number)
        if attached:
            names.append(_attachment_name(attached) or f"attachment {number + 1}")
    return tuple(names)


def _attachment_name(attached: Any) -> str:
    import pypdfium2.raw as raw

    return _string(lambda buffer, size: raw.FPDFAttachment_GetName(attached, buffer, size))
