"""Whether a text reads as English, so that rules for English leave every other language alone."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Frequent little words. Those that other languages also have (Dutch "of" and "is", Swedish "for", Polish "to") count
# as English, and that language's own words outvote them.
_ENGLISH_WORDS = (
    "a about after also an and any are as at be because been before by can cannot could did do does for from had "
    "has have how i if in is it its my not of on or our she should since so that the their them there they this "
    "to was we were what when where which while who why will with without would you your"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_OTHERS_WORDS = (
    "aber als auf auch bei bitte das dem den der des die ein eine einen einer er es für haben habe hat ich ihr im "
    "ist kann kein keine mein meine mit nach nicht noch oder sich sie sind über um und von war warum wenn werden "
    "wie wir wird zu zum zur au aux avec ce cette dans de du elle en est et il ils je la le les leur lui ma mais "
    "mon ne nous où ou par pas plus pour quand que quel qui sa sans se ses son sont sur un une votre vous al como "
    "con cuando del donde el ella esta este ha hay las lo los más mi muy no nos para pero por qué ser si sin su "
    "sus también te tengo una uno y ya yo aan bij dat deze dit door een geen haar heb heeft het hij hoe ik kan "
    "maar mijn naar niet nog ook op uit van voor waar wanneer wat wel wordt zijn zo ao às com da dos ela ele em "
    "eu foi mas meu minha na não nas num o os pela pelo quando são sem seu sua também tem uma você anche che chi "
    "ci come cosa dal dalla dei della di e gli ho io mia mio nel nella non per perché più quello questa questo "
    "sono att av då det detta ej ett från för har hur inte jag med men min mitt när och om på som till var vi aby "
    "ale bo czy dla jak jest jestem już mam mnie moja mój nie od po przez się są tak ten w z za że"
)
_OTHERS = frozenset(_OTHERS_WORDS.split())
_CONTRACTED = ("n't", "'m", "'re", "'ve", "'ll", "'d", "'s")


def is_english(text: str) -> bool:
    """Whether at least one in ten words is a little word of English, and more are than are of another language.

    Names, codes and lists without little words count as none: nothing in them could be said in another way.
    """
    words = [word.casefold().replace("’", "'") for word in _WORDS.findall(text)]
    english: int = sum(word in _ENGLISH or word.endswith(_CONTRACTED) for word in words)
    others = sum(word in _OTHERS for word in words)
    return english > others and 10 * english >= len(words)
