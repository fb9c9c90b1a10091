"""The label scheme: nine entity types in BIO, eight relation classes, and target sets.

A *target set* is the set of classes that a token's annotation allows, as the bits of an integer.
The entity loss is -log P(any class of the set). That one form says everything that the corpora
need: a known class (one bit), "none of the types this corpus annotates" (O and every type that it
does not annotate), "one of these" (overlapping spans), and "unknown" (all bits, no loss).
"""

ENTITY_TYPES = ("Strength", "Form", "Dosage", "Route", "Frequency", "Duration", "Reason", "ADE", "Drug")
DRUG = ENTITY_TYPES.index("Drug")
ADE = ENTITY_TYPES.index("ADE")
REASON = ENTITY_TYPES.index("Reason")

LABELS = ("O",) + tuple(f"{prefix}-{name}" for name in ENTITY_TYPES for prefix in "BI")
"""O, then B and I of each type in turn: B of type t is class 1 + 2t, I is class 2 + 2t."""

RELATION_TYPES = tuple(f"{name}-Drug" for name in ENTITY_TYPES if name != "Drug")
"""Relation class of type t is 1 + t (class 0 is none): the order of ENTITY_TYPES is the order here."""

UNKNOWN = (1 << len(LABELS)) - 1


def begin(entity_type: int) -> int:
    """Class of the first token of a span of this type."""
    return 1 + 2 * entity_type


def inside(entity_type: int) -> int:
    """Class of the further tokens of a span of this type."""
    return 2 + 2 * entity_type


def outside_of(annotated_types) -> int:
    """Target set of an unmarked token in a corpus that annotates these types (indices)."""
    bits = 1
    for entity_type in range(len(ENTITY_TYPES)):
        if entity_type not in annotated_types:
            bits |= type_bits(entity_type)
    return bits


def type_bits(entity_type: int) -> int:
    """Target set 'B or I of this type'."""
    return (1 << begin(entity_type)) | (1 << inside(entity_type))
