// CSV files as people have them.

import { Buffer } from 'node:buffer';

/** A file to be chosen, as the browser is given it. */
export function csvFile(name, lines) {
    return { name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) };
}

/** A book of so many people, as the lines of a CSV file, each with a phone and an email of their own. */
export function people(count) {
    const row = (n) => `Person ${n},person${n}@example.com,+1202${String(2_000_000 + n)},${n % 3 ? 'pro' : 'starter'}`;
    return ['Name,Email,Phone,Plan', ...Array.from({ length: count }, (_, n) => row(n))];
}

/** Guests of a party. One row has an invalid email, one a phone number that a spreadsheet has rounded. */
export const GUESTS = csvFile('guests.csv', [
    'Last Name,First Name,E-mail,Phone,Favourite dish,Tables',
    'Lovelace,Ada,ada@example.com,(555) 765-4321,Dal,2',
    'Babbage,Charles,charles@example.com,+44 20 7946 0018,,1',
    'Hopper,Grace,grace(at)example.com,+1 202 555 0143,Soup,4',
    'Noether,Emmy,,4.41E+11,Dal,3',
    'Turing,Alan,alan@example.com,+1 202 555 0144,Dal,2',
    'Somerville,Mary,mary@example.com,,Soup,2',
]);
