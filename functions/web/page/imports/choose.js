// Choosing the file that is to be imported.

import { navigate } from '../router.js';
import { href } from '../routes.js';
import { html } from '../ui/html.js';
import { Icon } from '../ui/icon.js';
import { Title } from '../ui/title.js';
import { toast } from '../ui/toast.js';
import { useEffect, useState } from '../vendor/hooks.js';

const TYPES = '.csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain';
const STEPS = [
    ['file', 'File'],
    ['columns', 'Columns'],
    ['import', 'Import'],
];

/** `key` tells one choice from the next, also of the same file. */
let chosen;
let choices = 0;
const listeners = new Set();

/** Goes on to the columns of the first of these files. */
export function chooseFile(files) {
    const [file, ...others] = files;
    if (!file) return;
    if (others.length > 0) toast(`One file at a time: this is ${file.name}.`);
    note({ file, key: ++choices });
    navigate(href.newImport());
}

export const forgetFile = () => note(undefined);

function note(choice) {
    chosen = choice;
    for (const listener of listeners) listener(choice);
}

/** @returns {{file: File, key: number} | undefined} */
export function useChosenFile() {
    const [shown, setShown] = useState(chosen);
    useEffect(() => {
        listeners.add(setShown);
        return () => listeners.delete(setShown);
    }, []);
    return shown;
}

export function ChooseFile() {
    return html`
        <${Title} text="Import contacts" />
        <${Steps} at="file" />
        <div class="choose-file">
            <${Icon} name="upload" />
            <p><strong>Drop a CSV file here</strong>, or choose one.</p>
            <${FileButton} kind="primary" onFiles=${chooseFile}>Choose a file<//>
            <p class="quiet">
                From a spreadsheet, another contact book, or an export of this one; up to 5 GB.
                You will see how it is read before anything is imported.
            </p>
        </div>`;
}

/** A button that leads to the files of the device. */
export function FileButton({ kind = 'plain', onFiles, children }) {
    return html`
        <label class=${`button file ${kind}`}>
            <${Icon} name="file" />
            <span>${children}</span>
            <input type="file" class="hidden" accept=${TYPES} onChange=${(event) => onFiles(event.currentTarget.files)} />
        </label>`;
}

/** How far one is on the way to an import. */
export function Steps({ at }) {
    return html`
        <ol class="steps" aria-label="Steps">
            ${STEPS.map(([key, name]) => html`<li key=${key} aria-current=${key === at ? 'step' : undefined}>${name}</li>`)}
        </ol>`;
}

/** The whole window as the place to drop a file on. */
export function DropTarget() {
    const [over, setOver] = useState(false);
    useEffect(() => {
        const leaving = new AbortController();
        const on = (type, handle) => {
            const listen = (event) => event.dataTransfer?.types.includes('Files') && handle(event);
            addEventListener(type, listen, { signal: leaving.signal });
        };
        on('dragover', (event) => {
            // Without this the browser would open the file.
            event.preventDefault();
            event.dataTransfer.dropEffect = 'copy';
            setOver(true);
        });
        // To nothing: out of the window.
        on('dragleave', (event) => event.relatedTarget === null && setOver(false));
        on('drop', (event) => {
            event.preventDefault();
            setOver(false);
            chooseFile(event.dataTransfer.files);
        });
        return () => leaving.abort();
    }, []);
    if (!over) return null;
    return html`<div class="drop-target" aria-hidden="true"><p><${Icon} name="upload" />Drop the file to import it</p></div>`;
}
