// The report of an import: its rejected rows, which problem belongs to which cell, and the CSV file of corrected rows.
//
// A report has the file's cells, and four columns of its own at the end. `shared/csv/src/report.rs` writes it.

/**
 * @typedef {object} RejectedRow
 * @property {string} line on which it starts in the file
 * @property {string[]} cells
 * @property {Map<number, string>} faults by column what is wrong with the cell
 * @property {string[]} problems of the whole row, or those whose cells are not certain
 *
 * @typedef {object} Rejected
 * @property {string[]} names of the columns; blank without a header
 * @property {string} delimiter
 * @property {RejectedRow[]} rows
 */

/** The end of the header, which shows what separates the cells. */
const HEADER_END = /import_result(.)import_line\1import_column\1import_reason\r\n/s;
const OWN_COLUMNS = 4;
const SEPARATOR = '; ';
/** Between two problems; a reason may contain the separator itself. */
const BETWEEN_PROBLEMS = /; (?=[a-z_]+: |and \d+ more$)/;
/** Problems of a whole row, which name no column. */
const OF_ROW = ['names_nobody', 'unknown_contact', 'malformed_quote', 'too_many_identifiers'];
/** How much of a column's name a problem has. */
const NAME_CHARS = 100;
/** The apostrophe by which a report keeps a spreadsheet from running a cell. */
const GUARD = /^'(?=[=+\-@\t\r＝＋－＠])/;

/**
 * A reader of a report that comes in pieces.
 *
 * @param {number} most the rows that are wanted
 * @returns {(text: string) => Rejected | undefined} takes the next piece, and returns what there is so far once the header is
 *     complete
 */
export function reportReader(most) {
    let rest = '';
    /** @type {RegExp | undefined} */
    let cell;
    /** @type {Rejected | undefined} */
    let found;
    return (text) => {
        rest += text;
        if (!cell) {
            const [, delimiter] = HEADER_END.exec(rest) ?? [];
            if (!delimiter) return undefined;
            cell = cellOf(delimiter);
            found = { names: [], delimiter, rows: [] };
        }
        const { records, end } = completeRecords(rest, cell);
        rest = rest.slice(end);
        for (const record of records) note(record);
        return found;
    };

    /** @param {string[]} record */
    function note(record) {
        if (!found) return;
        const cells = record.slice(0, -OWN_COLUMNS).map((text) => text.replace(GUARD, ''));
        const [result, line = '', columns = '', reasons = ''] = record.slice(-OWN_COLUMNS);
        if (result === 'import_result') found.names = cells;
        if (result !== 'rejected' || found.rows.length === most) return;
        found.rows.push({ line, cells, ...assigned(found.names, columns.replace(GUARD, ''), reasons) });
    }
}

/**
 * A cell with what ends it. One that begins with a quote and is not complete does not match.
 *
 * @param {string} delimiter
 */
function cellOf(delimiter) {
    const end = delimiter === '|' ? '\\|' : delimiter;
    return new RegExp(`(?:"([^"]*(?:""[^"]*)*)"|((?:[^"${end}\r\n][^${end}\r\n]*)?))(${end}|\r\n)`, 'y');
}

/**
 * @param {string} text
 * @param {RegExp} cell
 * @returns {{records: string[][], end: number}} `end`: where the record begins that is not complete yet
 */
function completeRecords(text, cell) {
    /** @type {string[][]} */
    const records = [];
    /** @type {string[]} */
    let record = [];
    let end = 0;
    cell.lastIndex = 0;
    for (let match = cell.exec(text); match; match = cell.exec(text)) {
        const [, quoted, plain = '', after] = match;
        record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
        if (after !== '\r\n') continue;
        records.push(record);
        record = [];
        end = cell.lastIndex;
    }
    return { records, end };
}

/**
 * The problems of a row, each with its cell where that is certain.
 *
 * @param {string[]} names
 * @param {string} columns
 * @param {string} reasons
 * @returns {Pick<RejectedRow, 'faults' | 'problems'>}
 */
function assigned(names, columns, reasons) {
    const reported = reasons.split(BETWEEN_PROBLEMS).map((reason) => {
        const [, code = '', text = reason] = /^([a-z_]+): (.*)$/s.exec(reason) ?? [];
        return { text, isOfRow: OF_ROW.includes(code) };
    });
    const ofRow = reported.filter(({ isOfRow }) => isOfRow).map(({ text }) => `this row ${text}`);
    const ofCells = reported.filter(({ isOfRow }) => !isOfRow).map(({ text }) => text);
    const places = columns === '' ? [] : columns.split(SEPARATOR).map((name) => columnOf(names, name));
    /** @type {RejectedRow['faults']} */
    const faults = new Map();
    if (places.length !== ofCells.length || places.includes(-1)) {
        return { faults, problems: [...ofRow, `${columns}: ${ofCells.join(SEPARATOR)}`] };
    }
    places.forEach((place, n) => {
        faults.set(place, [faults.get(place), ofCells[n]].filter(Boolean).join(SEPARATOR));
    });
    return { faults, problems: ofRow };
}

/**
 * The column that a problem names: by its header, or by its number if it has none. -1 if that may be several, or none.
 *
 * @param {string[]} names
 * @param {string} name
 */
function columnOf(names, name) {
    const known = names.map((other, place) => [...other.trim()].slice(0, NAME_CHARS).join('') || String(place + 1));
    const place = known.indexOf(name.trim());
    return place === known.lastIndexOf(name.trim()) ? place : -1;
}

/**
 * A CSV file of rows, every cell in quotes.
 *
 * @param {string[][]} rows
 * @param {string} delimiter
 */
export function csvOf(rows, delimiter) {
    /** @param {string} cell */
    const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;
    return rows.map((cells) => `${cells.map(quoted).join(delimiter)}\r\n`).join('');
}

/**
 * The name of the file of corrected rows.
 *
 * @param {string} name of the file that they come from
 */
export function correctedName(name) {
    const [, stem = '', ending = ''] = /^(.*?)(\.[^.]{1,8})?$/s.exec(name) ?? [];
    const suffix = '-corrected';
    return stem.endsWith(suffix) ? name : `${stem.slice(0, 200)}${suffix}${ending}`;
}
