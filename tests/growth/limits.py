"""What a page may cost: queries of a list, of any other page; bytes of a page."""

LIST_MAX, PAGE_MAX = 12, 20
BYTES_MAX = 60_000
