#!/usr/bin/env python3
"""Make CarnetHangul-{Regular,Bold}.ttf from NanumGothic. Needs fontTools; run it where NanumGothic*.ttf lie.

NanumGothic is 4.7 MB a file, most of it hanja and hinting that a printed page does not use. The licence allows the
cut and asks that the result not bear the reserved name, so the family is renamed.
"""
import sys
from fontTools import subset
from fontTools.ttLib import TTFont

# Latin, punctuation, arrows and comparison signs, geometric shapes, CJK punctuation, jamo, every Hangul syllable, CJK units.
KEPT = (
    "20-7E,A0-FF,2010-2027,2030-203A,2190-2193,2206,2264,2265,25A0-25CF,3000-3020,3131-318E,"
    "AC00-D7A3,FF01-FF5E,2103,212B,3380-33DD"
)
source = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/truetype/nanum"
for original, style in [("NanumGothic", "Regular"), ("NanumGothicBold", "Bold")]:
    font = TTFont(f"{source}/{original}.ttf", recalcTimestamp=False)
    options = subset.Options()
    options.hinting = False
    options.drop_tables += ["TSI0", "TSI1", "TSI2", "TSI3", "TSI5", "GSUB", "GPOS", "kern", "vhea", "vmtx", "mort", "DSIG"]
    options.name_IDs = [0, 13, 14]
    cut = subset.Subsetter(options)
    cut.populate(unicodes=subset.parse_unicodes(KEPT))
    cut.subset(font)
    names = font["name"]
    names.names = [n for n in names.names if n.platformID == 3 and n.langID == 0x409]
    for number, text in [
        (1, "Carnet Hangul"),
        (2, style),
        (3, f"Carnet Hangul {style}, cut from NanumGothic"),
        (4, f"Carnet Hangul {style}"),
        (5, "Version 1.0"),
        (6, f"CarnetHangul-{style}"),
        (13, "This Font Software is licensed under the SIL Open Font License, Version 1.1."),
        (14, "https://openfontlicense.org"),
    ]:
        names.setName(text, number, 3, 1, 0x409)
    font.save(f"CarnetHangul-{style}.ttf")
