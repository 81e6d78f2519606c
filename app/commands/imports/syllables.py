"""What a Vietnamese syllable is: a beginning, a rime and at most one tone, in Unicode."""

import unicodedata

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_ONSETS = """
    b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x
"""
_RIMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong op ot ooc oong oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt
    oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uên uêt uôc uôi uôm uôn uông uôt uơ
    uy uya uych uynh uyt uyu uyên uyêt uyn uyp
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu ynh yt ych
"""
_BEGINNINGS, _ENDS = ("", *_ONSETS.split()), frozenset(_RIMES.split())


def is_syllable(word: str) -> bool:
    """Say whether a word is one syllable, in any case, wherever its tone is put (hoà, hòa)."""
    apart = unicodedata.normalize("NFD", word.lower())
    toneless = "".join(one for one in apart if one not in _TONES)
    if len(apart) - len(toneless) > 1:
        return False
    plain = unicodedata.normalize("NFC", toneless)
    return any(plain.startswith(onset) and plain[len(onset) :] in _ENDS for onset in _BEGINNINGS)
