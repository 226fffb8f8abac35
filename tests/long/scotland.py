"""The Scottish shape: 61,328 mails to one consultation = 21,077 of several campaigns + 31,033 of one petition + 9,218 substantive answers,
793 of which are withdrawn by a further mail. Made from a seed, in Norwegian, in words of our own; `share` takes that part of each.

mails(seed, share) gives Mail after Mail in order of receipt; figures(share) says what must come out."""
import collections, datetime, email.header, email.utils, hashlib, random

CAMPAIGNS = [("havbruk-nei", 9120), ("fjordvern", 5204), ("sikre-arbeidsplassene", 3391), ("villaksen", 1877), ("kort-og-godt", 1020),
             ("strandsonen", 395), ("naboer", 70)]
CAMPAIGN, PETITION, SUBSTANTIVE, WITHDRAWN = 21077, 31033, 9218, 793
CONSULTATION = {"id": "havbrukslov", "title": "Forslag til ny lov om havbruk i kystnære farvann", "case": "24/3107", "opened": "2024-02-01",
                "deadline": "2024-05-02"}
OPENED = datetime.datetime(2024, 2, 1, 8, 0, tzinfo=datetime.timezone.utc)
SECONDS = 89 * 86400		# every mail is received within the period

Mail = collections.namedtuple("Mail", "received what bytes")	# what: a campaign's name, "petition", "substantive", "withdrawal"

FIRST = """Aksel Alma Anders Andrea Anja Arne Astrid Birgit Bjarne Borghild Brage Dagny Eilert Einar Eline Eskil Frida Fredrik Gro Gudrun Halvard
Hanna Hedda Helge Håkon Ida Inger Ivar Jens Johanne Jorunn Kåre Kari Kjersti Lars Leif Liv Magnhild Magnus Marte Mikkel Nils Nora Oda Odd Ola
Olaug Peder Per Ragna Ragnhild Reidar Sara Selma Signe Sigurd Siri Solveig Stein Sunniva Sverre Synne Tiril Tor Torunn Trond Turid Ulrik Unni
Vegard Vilde Wenche Yngve Øystein Åse Åsmund""".split()
LAST = """Aasen Alnes Bakke Berge Birkeland Bjordal Brekke Dale Eide Ekren Engen Espeland Fauske Fjeld Flatås Fossum Furuset Garvik Gjerde Grimstad
Hagen Halse Haugland Heggem Hellesøy Hovland Husby Iversen Jakola Kallevik Kleppe Knardal Kvam Langnes Lervåg Lillebø Lunde Lyngstad Mo Myhre
Nesheim Nordvik Nygård Nymoen Odland Oppedal Ramberg Raudberg Rekdal Risvik Rognli Rostad Sande Selnes Sjåvik Skaar Skogvoll Solbakk Stavang
Storvik Strømme Sundby Svanes Tangen Teigland Tveit Ulstein Utne Valle Vatne Vik Vollan Ystad Ødegård Østerhus Ådland""".split()
PLACES = """Alvøy Bekkjarvik Breivika Dverberg Eidsbygda Flakstad Fosnavåg Gjesvær Hamnvåg Havnnes Herand Innvik Kaldvåg Kjerringvåg Laukøy
Leirpollen Lysfjord Mebygda Melbu Nusfjord Oksvoll Refsnes Rørvåg Sandholmen Skjervik Solund Stokkvåg Sørvær Tømmervåg Ulvøy Valevåg Ytterholm""".split()
GREETINGS = ["Hei,", "Til departementet", "God dag,", "Til rette vedkommende", "Hei!", ""]
CLOSINGS = ["Med vennlig hilsen", "Mvh", "Hilsen", "Vennlig hilsen", "Med hilsen"]

# The form letters: paragraphs of sentences.
LETTERS = {
    "havbruk-nei": ["Jeg viser til høringen om ny havbrukslov. Forslaget åpner for åpne merder i farvann som til nå har vært vernet. Det kan jeg ikke støtte.",
        "Avfallet fra anleggene synker til bunns og kveler livet der. Forskerne har sagt fra om dette i mange år, og likevel vil departementet gå videre. Føre-var-prinsippet må gjelde også i sjøen.",
        "Kysten tilhører oss alle. Den som tjener penger på fellesskapets vann, skal ikke kunne etterlate regningen til barna våre. Jeg ber om at forslaget trekkes og at næringen pålegges lukkede anlegg innen fem år."],
    "fjordvern": ["Fjordene våre er blant de mest verdifulle naturområdene i landet. Lovforslaget behandler dem som industritomter.",
        "Vi krever at nasjonale laksefjorder får et absolutt vern i loven, ikke bare et hensyn som skal veies. Vi krever også at hvert utslipp måles av noen som ikke lønnes av selskapet.",
        "Paragraf 14 må strykes. Den gir fylkeskommunen rett til å dispensere uten å spørre dem som bor der. Lokaldemokratiet må få det siste ordet når fjorden skal deles ut."],
    "sikre-arbeidsplassene": ["Havbruk gir arbeid i bygder der lite annet gjør det. Derfor er jeg glad for at departementet vil gi næringen forutsigbare rammer.",
        "Likevel stiller loven krav som små selskaper ikke kan klare. Gebyret i kapittel 6 tilsvarer en årslønn for et familieeid anlegg. De store merker det ikke en gang.",
        "Jeg ber om en lavere sats for anlegg med under tjue ansatte. Jeg ber også om at søknader skal avgjøres innen seks måneder. Uten slike endringer blir loven en gave til de største."],
    "villaksen": ["Villaksen er på rødlista for første gang. Det skyldes lus og rømt fisk fra merdene, og loven nevner knapt noen av delene.",
        "Sett en grense for lus som virker, og steng anlegg som bryter den to ganger. La elveeierne få innsyn i tallene samme uke som de måles. Gi oppsynet folk og båter nok til å gjøre jobben sin."],
    "kort-og-godt": ["Jeg sier nei til flere åpne merder i fjorden vår, og ber departementet om å lytte til dem som bor ved sjøen."],
    "strandsonen": ["Allemannsretten gjelder også der landet møter havet. Lovforslaget lar anleggene sperre store deler av strandsonen for ferdsel, bading og fiske.",
        "Ferdselsforbudet på to hundre meter rundt hver merd er for strengt. Padlere og småbåter gjør ingen skade. La kommunen bestemme avstanden etter forholdene på stedet.",
        "Lyskasterne må slås av om natten i hekketiden. Støyen må ned på samme nivå som for annen industri nær boliger."],
    "naboer": ["Vi som bor nærmest anleggene, blir hørt til slutt og får vite det først når båtene kommer. Slik kan det ikke fortsette.",
        "Naboer må varsles skriftlig minst tre måneder før et anlegg flyttes eller utvides. De må ha rett til å klage, og klagen må stanse arbeidet til den er avgjort."],
}
PETITION_LETTER = ["Vi underskrivere krever at regjeringen stanser utdelingen av nye konsesjoner i kystnære farvann til virkningene for livet i havet er kartlagt.",
    "Ingen av oss har fått spørsmål om hva fjorden skal brukes til. Det er på tide at noen spør."]

# What people add to a form letter, and what substantive answers are made of: sentences with places to fill in.
OWN = ["Jeg vokste opp i {place} og har rodd disse {count} kilometerne mer enn {number} ganger.", "Min {kin} mistet {thing} da anlegget i {place} kom i {year}.",
       "Hos oss i {place} er det {count} naust og ett anlegg, og bare det ene bråker.", "Som {trade} i {number} uker av året ser jeg {thing} forsvinne.",
       "Sist sommer telte vi {number} døde fisk i fjæra ved {place}."]
ACTOR = """fylkeskommunen kommunen Mattilsynet Fiskeridirektoratet Miljødirektoratet næringen departementet statsforvalteren Kystverket forskningsmiljøene
fiskerlagene grunneierne reindriftsutøverne havnevesenet tilsynet klagenemnda lokalsamfunnene oppdretterne""".split()
MATTER = """konsesjonsvilkår utslippsmålinger arealplaner lokalitetsskifter brakklegging fôrspill rømmingsvarsler beredskapsplaner sjøkabler luseteljinger
smoltproduksjon slaktebåter hekkeområder gytefelt ankringsfelt sedimentprøver havnivåstigning vannutskifting fiskevelferd driftsjournaler
kompensasjonsordninger innsynskrav reststoffer koraller tareskog sjøfuglbestander lakseelver ferdselsregler lyssetting støykart""".split()
CLAIM = ["{actor} bør få ansvaret for {matter} fra og med {year}", "{matter} må skilles fra {matter2} i merknadene til § {number}",
         "vi savner en vurdering av {matter} i kapittel {small}", "{actor} og {actor2} har delt syn på {matter}", "kravet om {matter} vil koste {actor} {number} millioner kroner",
         "erfaringene fra {place} viser at {matter} kan samordnes med {matter2}", "fristen på {small} uker for {matter} er for kort i {place}",
         "det er uklart om {actor} kan delegere {matter} til {actor2}", "forholdet mellom {matter} og {matter2} er ikke drøftet på side {number}",
         "definisjonen av {matter} i § {small} favner {number} anlegg for mye"]
OPENING = ["Etter vårt syn gjelder følgende: ", "For det første: ", "Vi legger til at ", "Det framgår av vårt arbeid at ", "Samtidig ser vi at ", "Dessuten: ", "Vi mener at ", ""]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.people = set()

    def fill(self, form):
        r = self.r
        matter, matter2 = r.sample(MATTER, 2)
        actor, actor2 = r.sample(ACTOR, 2)
        return form.format(place=r.choice(PLACES), count=r.randint(2, 60), number=r.randint(11, 980), small=r.randint(2, 30), year=r.randint(1987, 2031),
                           kin=r.choice(["bror", "onkel", "nabo", "datter", "farfar"]), thing=r.choice(["garnplassen", "badeplassen", "reketrålen", "jobben", "sjøørreten"]),
                           trade=r.choice(["fisker", "lærer", "los", "sykepleier", "dykker", "guide"]), matter=matter, matter2=matter2, actor=actor, actor2=actor2)

    def person(self):
        """A name others may have too, an address nobody else has."""
        while True:
            first, last = self.r.choice(FIRST), self.r.choice(LAST)
            local = f"{first}.{last}{self.r.randint(1, 9999)}".lower().replace("å", "a").replace("ø", "o").replace("æ", "e")
            address = f"{local}@{self.r.choice(['postkassen', 'epostkontoret', 'brevdue'])}.example"
            if address not in self.people:
                self.people.add(address)
                return f"{first} {last}", address

    def claim(self):
        text = self.r.choice(OPENING) + self.fill(self.r.choice(CLAIM))
        return text[0].upper() + text[1:] + "."

    def substantive(self):
        return [" ".join(self.claim() for _ in range(self.r.randint(2, 5))) for _ in range(self.r.randint(2, 6))]

    def hand(self, letter):
        """A form letter as one person sends it: mostly as it is; some add a paragraph or a sentence, a few leave something out."""
        r, paragraphs = self.r, list(letter)
        if len(paragraphs) > 2 and r.random() < 0.04:
            del paragraphs[r.randrange(1, len(paragraphs))]
        if r.random() < 0.15:
            own = " ".join(self.fill(form) for form in r.sample(OWN, r.randint(1, 2 if len(letter) > 1 else 1)))
            paragraphs.insert(r.randint(0, len(paragraphs)), own)
        return paragraphs

    def mail(self, received, who, subject, paragraphs, closing=None):
        r, (name, address) = self.r, who
        greeting, closing, html = r.choice(GREETINGS), closing or r.choice(CLOSINGS), r.random() < 0.25
        if html:
            text = "<html><body>" + "".join(f"<p>{p}</p>" for p in ([greeting] if greeting else []) + paragraphs) + f"<p>{closing}<br>{name}</p></body></html>"
        else:
            width = r.choice([0, 68, 72, 76])
            text = "\n\n".join(([greeting] if greeting else []) + [wrap(p, width) for p in paragraphs] + [f"{closing}\n{name}"]) + "\n"
        head = [("From", email.utils.formataddr((str(email.header.Header(name, "utf-8")), address))), ("To", "havbruk@nfd.example"),
                ("Subject", email.header.Header(subject, "utf-8").encode()), ("Date", email.utils.format_datetime(received)),
                ("Message-ID", f"<{r.getrandbits(96):024x}@{address.split('@')[1]}>"), ("MIME-Version", "1.0"),
                ("Content-Type", f"text/{'html' if html else 'plain'}; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")]
        return ("".join(f"{k}: {v}\n" for k, v in head) + "\n" + text).replace("\n", "\r\n").encode()


def wrap(text, width):
    if not width:
        return text
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join(lines)


def part(n, share):
    return max(n // share, 3)


def figures(share=1):
    """What must come out."""
    campaigns = {name: part(n, share) for name, n in CAMPAIGNS}
    petition, substantive, withdrawn = part(PETITION, share), part(SUBSTANTIVE, share), part(WITHDRAWN, share)
    members = sum(campaigns.values()) + petition
    return {"campaigns": sorted([*campaigns.values(), petition]), "campaign_members": members, "withdrawn": withdrawn,
            "submissions": members + substantive + withdrawn, "responses": members + substantive - withdrawn}


def mails(seed=1, share=1):
    make = Maker(seed)
    r = make.r
    todo = [name for name, n in CAMPAIGNS for _ in range(part(n, share))] + ["petition"] * part(PETITION, share)
    todo += ["substantive"] * (part(SUBSTANTIVE, share) - part(WITHDRAWN, share)) + ["withdrawn"] * part(WITHDRAWN, share)
    r.shuffle(todo)
    later = []
    step = SECONDS / len(todo)
    title = CONSULTATION["title"]
    for i, what in enumerate(todo):
        received = OPENED + datetime.timedelta(seconds=int(i * step))
        while later and later[0][0] <= received:
            yield Mail(later[0][0], "withdrawal", later[0][1])
            del later[0]
        who = make.person()
        if what in LETTERS:
            letter = LETTERS[what] if len(LETTERS[what]) > 1 else [f"{LETTERS[what][0]}"]
            yield Mail(received, what, make.mail(received, who, f"Høringssvar: {title}", make.hand(letter)))
        elif what == "petition":
            own = [make.fill(r.choice(OWN))] if r.random() < 0.03 else []
            yield Mail(received, what, make.mail(received, who, f"Underskrift: {title} (24/3107)", PETITION_LETTER + own))
        else:
            yield Mail(received, "substantive", make.mail(received, who, f"Høringsuttalelse – {title.lower()}", make.substantive()))
            if what == "withdrawn":
                at = received + (OPENED + datetime.timedelta(seconds=SECONDS) - received) * r.random()
                words = [f"Jeg trekker høringsuttalelsen min av {received.day}.{received.month}.{received.year} om {title.lower()}."]
                later.append((at.replace(microsecond=0), make.mail(at, who, f"Trekker høringsuttalelse – {title.lower()}", words, "Hilsen")))
                later.sort(key=lambda one: one[0])
    for at, content in later:
        yield Mail(at, "withdrawal", content)


def digest(seed=1, share=1):
    """Of all mails: the same for the same seed everywhere."""
    h = hashlib.sha256()
    for m in mails(seed, share):
        h.update(m.bytes)
    return h.hexdigest()
