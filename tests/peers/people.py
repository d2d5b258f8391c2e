"""The people that are imported, and what a book has to say of them afterwards."""

import csv
import random

NAMES = ["Ada", "Bea", "Carl", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jill", "Kofi", "Lena", "Max", "Nia"]
COUNTRIES = 5


def phone(number):
    """A person's phone as people write it, in five countries."""
    line = number // COUNTRIES
    digits = f"{line:08}"
    return [
        f"(212) {200 + line // 10_000}-{line % 10_000:04}",
        f"+44 7{400 + line // 1_000_000} {line % 1_000_000:06}",
        f"+49 151 {digits}",
        f"+33 6 {digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}",
        f"+91 98{digits[:3]} {digits[3:]}",
    ][number % COUNTRIES]


def e164(written):
    return ("+" if written.startswith("+") else "+1") + "".join(filter(str.isdigit, written))


def new_people(count):
    """Rows of people that nobody knows yet."""
    choice = random.Random(1).choice
    for number in range(count):
        first, last = choice(NAMES), choice(NAMES)
        yield {"Name": f"{first} {last}", "Phone": phone(number), "Email": f"{first}.{last}.{number}@Example.com"}


def news_of(people):
    """Rows of known people, in other spellings and with something new, and of new people."""
    for number, row in enumerate(people[::10]):
        known = number * 10
        match number % 4:
            case 0:
                yield row | {"Phone": e164(row["Phone"]), "Email": f"new.{known}@example.com"}
            case 1:
                yield row | {"Phone": phone(5_000_000 + known), "Email": row["Email"].upper()}
            case 2:
                yield row | {"Name": f"{row['Name']} the Second"}
            case 3:
                yield row | {"Phone": phone(6_000_000 + known), "Email": f"other.{known}@example.com"}


def book_of(rows):
    """Phone and email of every contact that a book must have after these rows."""
    contacts = {}
    for row in rows:
        person = e164(row["Phone"]), row["Email"].lower()
        contact = next((contacts[value] for value in person if value in contacts), {})
        contact["is"] = person
        contacts |= dict.fromkeys(person, contact)
    return sorted({contact["is"] for contact in contacts.values()})


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["Name", "Phone", "Email"])
        writer.writeheader()
        writer.writerows(rows)
