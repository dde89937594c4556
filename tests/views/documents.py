"""Documents for the page's tests, built in code; the sentences that a test looks for have names."""

import io

import docx
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

UNCAPPED = "The Contractor's liability under this Agreement shall be unlimited."
BONDED = "The Contractor shall furnish a performance bond for the full contract price."
HOSTILE = "<script>document.title = 'taken'</script> </script><img src=x onerror=\"document.title='taken'\">"


def make_pdf(pages: int = 6) -> bytes:
    """Pages of plain words; the bond stands at the top of page 2, the liability low on page 5."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=letter, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 730, f"{number}. Part {number}")
        for line in range(20):
            canvas.drawString(72, 690 - 16 * line, f"Line {line} of page {number} tells how the work is planned.")
        if number == 2:
            canvas.drawString(72, 710, BONDED)
        if number == 5:
            canvas.drawString(72, 210, UNCAPPED)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def make_docx(paragraphs: int = 80) -> bytes:
    """A long document of one column; the liability stands near its end, the bond near its start."""
    document = docx.Document()
    document.add_heading("Terms of service", 1)
    document.add_paragraph(BONDED)
    for number in range(paragraphs):
        document.add_paragraph(f"Paragraph {number} tells how the work is planned and who meets whom.")
    document.add_paragraph(UNCAPPED)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_hostile_page() -> bytes:
    """A web page that shows markup as its words, with characters beyond the basic plane before a finding."""
    shown = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<html><body><h1>{shown}</h1><p>\U0001f600\U0001f4c4 {shown}</p><p>{UNCAPPED}</p></body></html>".encode()
