"""Characters of symbol fonts as Unicode: what ``w:sym`` stores is a place in a font, not a character."""

__all__ = ["symbol"]

_WINGDINGS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "☐", 0x70: "☐", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x78: "☒",
    0x9F: "•", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
    0xFE: "☑", 0x28: "☎", 0x2A: "✉", 0x4A: "☺", 0x22: "✂", 0x46: "☞",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x97: "●"}
_SYMBOL = {
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB0: "°", 0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xD2: "®", 0xD3: "©",
    0xD4: "™", 0xE2: "®", 0xE3: "©", 0xE4: "™", 0xA5: "∞", 0xB8: "÷", 0xAE: "→", 0xAC: "←", 0xDE: "⇒", 0xA2: "′",
    0xB2: "″", 0x2D: "−", 0xBC: "…", 0xE5: "∑", 0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x6D: "µ", 0x70: "π",
    0x73: "σ", 0x77: "ω", 0x44: "Δ", 0x57: "Ω", 0x53: "Σ",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def symbol(font: str, code: str) -> str:
    """The character at a hexadecimal code of a font; always one character, so that origins can count it."""
    try:
        point = int(code, 16)
    except ValueError:
        return "\ufffd"
    place = point - 0xF000 if 0xF000 <= point <= 0xF0FF else point
    table = _FONTS.get(font.lower())
    if table is not None:
        return table.get(place, chr(place) if table is _SYMBOL and 0x20 <= place < 0x7F else "•")
    return chr(place) if 0x20 <= place < 0xD800 or 0xE000 <= place < 0x110000 else "\ufffd"
