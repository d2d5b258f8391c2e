// How a file is read, besides what its columns are; and what becomes of its rows.

/**
 * @import { Existing, OnInvalid, Preview, Quoting } from '#api'
 * @import { Draft } from './draft.js'
 */

import { ApiError, reasonFor } from '../api.js';
import { bytes, sentence } from '../format.js';
import { COUNTRIES } from '../settings/countries.js';
import { SelectField } from '../ui/field.js';
import { html } from '../ui/html.js';
import { useRef } from '../vendor/hooks.js';

/**
 * Encodings that people meet, those of the most files first.
 *
 * @type {Record<string, string>}
 */
const ENCODINGS = {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16',
    'windows-1252': 'Western Europe (Windows-1252)',
    macintosh: 'Western Europe (Macintosh)',
    'windows-1250': 'Central Europe (Windows-1250)',
    'iso-8859-2': 'Central Europe (ISO 8859-2)',
    'windows-1251': 'Cyrillic (Windows-1251)',
    'koi8-r': 'Cyrillic (KOI8-R)',
    'windows-1253': 'Greek (Windows-1253)',
    'windows-1254': 'Turkish (Windows-1254)',
    'windows-1257': 'Baltic (Windows-1257)',
    'windows-1255': 'Hebrew (Windows-1255)',
    'windows-1256': 'Arabic (Windows-1256)',
    'windows-874': 'Thai (Windows-874)',
    'windows-1258': 'Vietnamese (Windows-1258)',
    gb18030: 'Chinese, simplified (GB 18030)',
    big5: 'Chinese, traditional (Big5)',
    shift_jis: 'Japanese (Shift JIS)',
    'euc-jp': 'Japanese (EUC-JP)',
    'euc-kr': 'Korean (EUC-KR)',
};
const DETECTED = '';
/** @type {Record<Quoting, string>} */
export const QUOTINGS = { standard: 'Standard', none: 'Taken literally' };
/** @type {Record<Existing, string>} */
export const EXISTING = {
    update: 'Update them',
    fill_blanks: 'Only fill what is blank',
    skip: 'Leave them as they are',
};
/** @type {Record<Preview['delimiter'], string>} */
const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };
const HEADERS = [
    ['true', 'It names the columns'],
    ['false', 'It is data already'],
];
/** @type {[OnInvalid, string][]} */
const INVALID = [
    ['skip_cell', 'Leave out the cell'],
    ['reject_row', 'Reject the row'],
];

/**
 * What people call an encoding.
 *
 * @param {string} label
 */
export const encodingName = (label) => ENCODINGS[label] ?? label;

/**
 * Why the text of a file cannot be read with the present choices, if others may help.
 *
 * @param {unknown} error of the preview
 * @returns {{encoding?: string, quoting?: string}}
 */
export function misreadings(error) {
    const reason = reasonFor(error, 'sample');
    if (!reason || !(error instanceof ApiError)) return {};
    switch (error.code) {
        case 'malformed_text':
            return { encoding: sentence(reason) };
        case 'unclosed_quote':
        case 'swallowed_lines':
            return { quoting: sentence(reason) };
        default:
            return {};
    }
}

/**
 * @param {{
 *     file: File,
 *     preview?: Preview & {asked: Draft},
 *     draft: Draft,
 *     country: string,
 *     error: unknown,
 *     onReread: (news: Pick<Draft, 'encoding' | 'quoting'>) => void,
 *     onHeader: (header: boolean) => void,
 *     onChange: (news: Pick<Draft, 'default_country' | 'on_invalid' | 'existing'>) => void,
 * }} props `preview`: absent if the file cannot be read without another choice
 */
export function Reading({ file, preview, draft, country, error, onReread, onHeader, onChange }) {
    /** Known as long as nobody has set another one. */
    const detected = useRef(/** @type {string | undefined} */ (undefined));
    if (preview && !preview.asked.encoding) detected.current = preview.encoding;
    const { encoding, quoting } = misreadings(error);
    // The file begins with a mark of its encoding, which goes before any choice.
    const isMarked = preview?.asked.encoding && preview.asked.encoding !== preview.encoding;
    return html`
        <section class="card">
            <h2>How the file is read</h2>
            <p class="quiet">
                ${bytes(file.size)}${preview && `, values separated by ${DELIMITERS[preview.delimiter]}`}
            </p>
            <div class="reading">
                <${SelectField} label="Encoding" options=${encodingOptions(draft.encoding, detected.current)}
                    value=${draft.encoding ?? DETECTED} error=${encoding}
                    hint=${isMarked ? `The file itself says ${encodingName(preview.encoding)}.` : 'If letters with accents look wrong'}
                    onChange=${(/** @type {string} */ value) => onReread({ encoding: value || undefined })} />
                <${SelectField} label="Quotes" options=${Object.entries(QUOTINGS)} value=${draft.quoting ?? 'standard'}
                    error=${quoting} hint="If rows run into each other"
                    onChange=${(/** @type {Quoting} */ value) => onReread({ quoting: value })} />
                ${
                    preview &&
                    html`
                        <${SelectField} label="First row" options=${HEADERS} value=${String(preview.header)}
                            onChange=${(/** @type {string} */ value) => onHeader(value === 'true')} />
                        <${SelectField} label="Default country of phones" options=${COUNTRIES} value=${country}
                            hint="Of those without a country code"
                            onChange=${(/** @type {string} */ value) => onChange({ default_country: value })} />
                        <${SelectField} label="If a value cannot be read" options=${INVALID} value=${draft.on_invalid}
                            onChange=${(/** @type {OnInvalid} */ value) => onChange({ on_invalid: value })} />
                        <${SelectField} label="Contacts that exist already" options=${Object.entries(EXISTING)}
                            value=${draft.existing} hint="Found by phone, email or user name"
                            onChange=${(/** @type {Existing} */ value) => onChange({ existing: value })} />`
                }
            </div>
        </section>`;
}

/**
 * The choice of encodings, whatever the chosen one is.
 *
 * @param {string | null} [chosen]
 * @param {string} [detected]
 * @returns {[string, string][]}
 */
function encodingOptions(chosen, detected) {
    const labels = Object.keys(ENCODINGS);
    if (chosen && !labels.includes(chosen)) labels.push(chosen);
    return [
        [DETECTED, detected ? `Detected: ${encodingName(detected)}` : 'Detect it'],
        ...labels.map((label) => /** @type {[string, string]} */ ([label, encodingName(label)])),
    ];
}
