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
