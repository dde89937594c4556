"""LibreOffice as a second opinion: opens files, settles their tracked changes, saves them as something else."""

import shutil
import subprocess
from pathlib import Path

ACCEPT, REJECT, AS_IT_IS = "AcceptAllTrackedChanges", "RejectAllTrackedChanges", ""
WORD, TEXT, PDF = "MS Word 2007 XML", "Text (encoded)", "writer_pdf_Export"
ENDINGS = {WORD: "docx", TEXT: "txt", PDF: "pdf"}

_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Module1"/></library:library>"""
_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple"
 library:link="false"/></library:libraries>"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub SettleAll(listed As String)
  Dim source As String, command As String, target As String, filter As String
  Dim other_target As String, other_filter As String
  Open listed For Input As #1
  Do While Not Eof(1)
    Line Input #1, source
    Line Input #1, command
    Line Input #1, target
    Line Input #1, filter
    Line Input #1, other_target
    Line Input #1, other_filter
    Settle(source, command, target, filter, other_target, other_filter)
  Loop
  Close #1
End Sub

Sub Settle(source, command, target, filter, other_target, other_filter)
  Dim opening(0) As New com.sun.star.beans.PropertyValue
  opening(0).Name = "Hidden"
  opening(0).Value = True
  document = StarDesktop.loadComponentFromURL(source, "_blank", 0, opening())
  If IsNull(document) Then Exit Sub
  Dim nothing_more()
  If command &lt;&gt; "" Then
    dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
    dispatcher.executeDispatch(document.CurrentController.Frame, ".uno:" &amp; command, "", 0, nothing_more())
  End If
  SaveAs(document, target, filter)
  If other_target &lt;&gt; "" Then SaveAs(document, other_target, other_filter)
  document.close(True)
End Sub

Sub SaveAs(document, target, filter)
  Dim saving(1) As New com.sun.star.beans.PropertyValue
  saving(0).Name = "FilterName"
  saving(0).Value = filter
  saving(1).Name = "FilterOptions"
  saving(1).Value = "UTF8,LF"
  document.storeToURL(target, saving())
End Sub
</script:module>"""


class Office:
    """LibreOffice with a profile of its own; one start serves many files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._start("--terminate_after_init")  # the first start makes the profile, and its own empty library
        library = folder / "profile" / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "script.xlb").write_text(_LIBRARY)
        (library.parent / "script.xlc").write_text(_LIBRARIES)
        (library / "Module1.xba").write_text(_MODULE)

    @staticmethod
    def is_installed() -> bool:
        return shutil.which("soffice") is not None

    def settle(self, jobs: list[tuple[bytes, str]], save_as: str, also_as: str = "") -> list[tuple[bytes, ...]]:
        """Each Word file after a command, in one or two other formats; fails where LibreOffice could not open one."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        lines: list[str] = []
        targets: list[list[Path]] = []
        for number, (data, command) in enumerate(jobs):
            source = folder / f"{number}.docx"
            source.write_bytes(data)
            wanted = [(folder / f"{number}-out.{ENDINGS[form]}", form) for form in (save_as, also_as) if form]
            pairs = [word for target, form in wanted for word in (target.as_uri(), form)]
            lines += [source.as_uri(), command, *pairs, *("", "")[: 4 - len(pairs)]]
            targets.append([target for target, _ in wanted])
        listed = folder / "jobs.txt"
        listed.write_text("\n".join(lines) + "\n")
        self._start(f'macro:///Standard.Module1.SettleAll("{listed}")')
        missing = [target.name for made in targets for target in made if not target.exists()]
        assert not missing, f"LibreOffice did not save {missing}"
        return [tuple(target.read_bytes() for target in made) for made in targets]

    def _start(self, what: str) -> None:
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(self._folder / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                what,
            ],
            check=False,
            timeout=300,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
