#!/usr/bin/env python3
"""register.py COUNT csv|json [FILE]: a register in the form of Enhetsregisteret's open data, as long as wanted, gzipped when FILE
ends in .gz; every entry is made up. Columns nobody reads are there too, as in the real files."""
import csv, gzip, io, json, sys

FORMS = ["AS", "ENK", "FLI", "NUF", "BEDR", "STI", "ORGL", "KOMM", "SA", "DA"]
PLACES = ["Storvik", "Granholt", "Innerdal", "Sørbygd", "Nordnes", "Elvland", "Fjellbygda", "Vestøy", "Midtskog", "Åsmark"]
SORTS = ["Bygg", "Idrettslag", "Barnehage", "Regnskap", "Fiskeri", "Kulturskole", "Transport", "Helselag", "Snekkeri", "Frivilligsentral"]


def check_digit(eight):
    rest = sum(int(d) * w for d, w in zip(eight, (3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return None if rest == 1 else str((11 - rest) % 11)


def numbers():
    n = 80000000
    while True:
        n += 7
        digit = check_digit(str(n))
        if digit is not None:
            yield f"{n}{digit}"


def entries(count):
    of = numbers()
    before = None
    for i in range(count):
        orgnr, form = next(of), FORMS[i % len(FORMS)]
        place, sort = PLACES[i // 10 % 10], SORTS[i // 100 % 10]
        name = f"{place} {sort} {i}".upper() + (f" {form}" if form in ("AS", "DA", "SA") else "")
        yield {"organisasjonsnummer": orgnr, "navn": name, "organisasjonsform": {"kode": form, "beskrivelse": "En form, som er beskrevet"},
               "hjemmeside": f"www.{sort.lower()}{i}.no" if i % 3 == 0 else "", "epostadresse": f"post@{sort.lower()}{i}.no" if i % 2 == 0 else "",
               "naeringskode1": {"kode": "94.200" if i % 50 == 2 else "41.200", "beskrivelse": "Oppføring av bygninger, \"alle slag\""},
               "institusjonellSektorkode": {"kode": "8300", "beskrivelse": "Ideelle; organisasjoner"},
               "forretningsadresse": {"land": "Norge", "adresse": ["Storgata 1", "Inngang B"], "kommunenummer": "0301", "postnummer": "0155"},
               "overordnetEnhet": before if form == "BEDR" else "", "registreringsdatoEnhetsregisteret": "1995-02-19", "maalform": "Bokmål",
               "aktivitet": ["En virksomhet som driver med det som slike driver med, og litt til.", "Dessuten noe annet."]}
        before = orgnr


def flat(entry, prefix=""):
    for key, value in entry.items():
        if isinstance(value, dict):
            yield from flat(value, prefix + key + ".")
        else:
            yield prefix + key, ", ".join(value) if isinstance(value, list) else value


def write(count, form, out):
    if form == "json":
        out.write("[")
        for i, e in enumerate(entries(count)):
            out.write((",\n" if i else "\n") + json.dumps(e, ensure_ascii=False))
        out.write("\n]\n")
        return
    writer = None
    for e in entries(count):
        row = dict(flat(e))
        if writer is None:
            writer = csv.DictWriter(out, list(row), quoting=csv.QUOTE_ALL)
            writer.writeheader()
        writer.writerow(row)


def open_out(path):
    if path is None:
        return io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    return gzip.open(path, "wt", compresslevel=1, encoding="utf-8", newline="") if path.endswith(".gz") else open(path, "w", encoding="utf-8", newline="")


if __name__ == "__main__":
    with open_out(sys.argv[3] if len(sys.argv) > 3 else None) as f:
        write(int(sys.argv[1]), sys.argv[2], f)
