"""Texts for the tokenizer goldens: hard cases by hand, realistic notes (invented here), seeded noise."""

import random
import unicodedata

HARD = (
    "", " ", "\n", "a", "A", "\t\r\n x \n\n", "don't", "COVID-19", "3.5mg/kg/day", "50,000 IU q.wk.",
    "1/2 tab p.o. b.i.d.", "T 38.4\u00b0C, SpO\u2082 94 %", "\u2260", "a\u2260b", "\u2264 5 \u2265 3 \u00b1 2", "x\u0338y \u2209 \u226e",
    "\u00b5g vs \u03bcg", "na\u00efve caf\u00e9 r\u00e9sum\u00e9", "nai\u0308ve cafe\u0301", "\u1ea4n \u01d6 \u1e69", "\u00c5ngstr\u00f6m \u212bngstrom",
    "Stra\u00dfe \u0130stanbul \u0131 \u017f", "\u03a3\u0391\u03a3 \u03c3\u03c2", "\ufb01brillation \ufb02uid", "\u00bd tab \u2153 cup \u00b2", "\u2167 \u2460 \u24d0",
    "\u4e2d\u6587 mixed \u5934\u75dbheadache", "\u3400\U00020000\U0002a700\uf900", "\u30d5\u30ed\u30bb\u30df\u30c9 20mg", "\ud55c\uad6d\uc5b4 \uc57d", "\u0905\u0938\u094d\u092a\u0924\u093e\u0932",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u0645\u064e\u0631\u064a\u0636", "\U0001f48a took it \U0001f926\U0001f3fd\u200d\u2640\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "1\ufe0f\u20e3",
    "a\u0000b\u0007c\u001fd", "a\u007fb\u0085c", "a\u00adb", "a\u200bb\u200cc\u200dd\ufeffe", "a\u00a0b\u2003c\u3000d\u2028e\u2029f", "\ufffd replaced \ufffd",
    "\ue000\uf8ff", "\u0378\u0379 \U000e0080 \U0003ffff", "\ufdd0\uffff", "x" * 99, "x" * 100, "x" * 101, "y" * 300,
    "\u00e9" * 100, "\u00e9" * 101, "e\u0301" * 60, "ab" * 49 + "-" + "cd" * 51, "\u4e2d" * 120, "\U0001f48a" * 101,
    "!!!???...", "---", "__init__", "a_b", "$5.00 + 3% ^ ` ~ | < > =", "\u201cquoted\u201d \u2018q\u2019 \u2014 \u2013 \u2026 \u2022 \u00b7", "\u00a1hola! \u00bfqu\u00e9?",
    "http://example.org/?q=1&x=2#f", "john.doe@example.org", "##ing ## #ing", "hypo\u00adglyc\u00e6mia \u0153dema",
    "\u0301starts with a mark", "\u0301", "\u0300\u0301\u0302", "a \u0301 b", "\u20ac100 \u00a35 \u00a52 \u20b9", "\u2122 \u00ae \u00a9", "\u2190\u2192\u2191\u2193 \u21e7", "Na+ 131 \u2192 138",
    "\u2103 \u2109 \u33a5 \u339d", "\u1e9e \u1f88 \u0149 \u01f0", "\u0e22\u0e32 \u0e9b\u0eb2", "\U00010400\U00010428", "\U0001d400\U0001d7ce", "\u0660\u0661 \u0966",
)

NOTES = (
    "ASSESSMENT/PLAN:\n1. AKI on CKD3b, Cr 2.9 (bl 1.6) - likely NSAID-induced; stop naproxen 500 mg BID.\n"
    "2. HTN: hold lisinopril 20mg daily until Cr <2.0.\n3. Rash - ?amoxicillin-clavulanate (day 6/10), d/c'd.\n",
    "Pt is a 71 y/o F w/ AFib on apixaban 5 mg PO b.i.d. c/o melena x3d; Hgb 7.1 (prev 11.8). "
    "No hematemesis. Denies NSAID use. INR 1.2.\r\n\r\nALLERGIES:  Sulfa (hives); codeine -> N/V\r\n",
    "MEDS\n\u2022 metoprolol succinate ER 25 mg tab \u2013 1 tab po qd\n\u2022 insulin glargine 22 u SC qHS\n"
    "\u2022 albuterol HFA 90 mcg/act 2 puffs q4\u20136h prn wheeze\n\u2022 vit D\u2083 2,000 IU\n",
    "Vancomycin trough 28.4 \u00b5g/mL (goal 15\u201320); creatinine \u2191 0.9\u21922.3 mg/dL over 72\u00a0h. "
    "Imp.: vancomycin-associated nephrotoxicity. Switched to linezolid 600 mg IV q12h.",
    "S: \u201cI can\u2019t stop shaking\u201d since the dose of lithium was raised to 1,200 mg/day. O: coarse tremor, "
    "ataxia; Li 1.9 mmol/L. A: lithium toxicity, mild\u2013moderate. P: hold Li, IVF NS @125 mL/h, recheck q6h.",
    "Patiente sous m\u00e9thotrexate 15 mg/sem.; pneumopathie interstitielle \u00e9voqu\u00e9e. Fi\u00e8vre \u00e0 38,9 \u00b0C.",
    "|Drug|Dose|Start|Stop|\n|---|---|---|---|\n|Clozapine|12.5mg->100mg|03/02|03/19|\nANC 0.4 x10^9/L on 3/19!!",
)


def noise(seed: int, count: int) -> list:
    """`count` texts that mix code points of every general category with letters and blanks."""
    chance = random.Random(seed)
    by_category = {}
    for code in range(0x110000):
        if not 0xD800 <= code <= 0xDFFF:
            by_category.setdefault(unicodedata.category(chr(code)), []).append(code)
    # Assigned letters of the huge categories would drown the rest: a category first, then a member.
    categories = sorted(by_category)
    texts = []
    for _ in range(count):
        pieces = []
        for _ in range(chance.randint(1, 40)):
            kind = chance.random()
            if kind < 0.35:
                pieces.append(chr(chance.choice(by_category[chance.choice(categories)])))
            elif kind < 0.45:
                # The first planes, where most of what a note can hold lies.
                pieces.append(chr(chance.randrange(0x3000)))
            elif kind < 0.6:
                pieces.append(chance.choice(" \n-./,()"))
            else:
                pieces.append("".join(chance.choices("aeilnorstdmgABCDEÉé0123456789", k=chance.randint(1, 8))))
        texts.append("".join(pieces))
    return texts
