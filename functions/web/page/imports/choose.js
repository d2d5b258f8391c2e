// Choosing the file that is to be imported.

/**
 * @import { Import } from '#api'
 * @import { ComponentChildren, TargetedEvent } from '../vendor/preact.js'
 * @import { Draft } from './draft.js'
 *
 * @typedef {object} Choice
 * @property {File} file
 * @property {number} key tells one choice from the next, also of the same file
 * @property {Draft} [draft] how it was to be imported before
 * @property {Import} [tried] the dry run that was made by this draft
 */

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

/** @type {Choice | undefined} */
let chosen;
let choices = 0;
/** @type {Set<(choice: Choice | undefined) => void>} */
const listeners = new Set();

/**
 * Goes on to the columns of the first of these files.
 *
 * @param {Iterable<File>} files
 */
export function chooseFile(files) {
    const [file, ...others] = files;
    if (!file) return;
    if (others.length > 0) toast(`One file at a time: this is ${file.name}.`);
    note({ file, key: ++choices });
    navigate(href.newImport());
}

/**
 * Goes back to the columns of a file, as they were when an import of it was ordered.
 *
 * @param {Omit<Choice, 'key'>} former
 */
export function resume(former) {
    note({ ...former, key: ++choices });
    navigate(href.newImport());
}

export const forgetFile = () => note(undefined);

/** @param {Choice | undefined} choice */
function note(choice) {
    chosen = choice;
    for (const listener of listeners) listener(choice);
}

export function useChosenFile() {
    const [shown, setShown] = useState(chosen);
    useEffect(() => {
        listeners.add(setShown);
        return () => {
            listeners.delete(setShown);
        };
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

/**
 * A button that leads to the files of the device.
 *
 * @param {{kind?: 'plain' | 'primary', onFiles: (files: Iterable<File>) => void, children: ComponentChildren}} props
 */
export function FileButton({ kind = 'plain', onFiles, children }) {
    /** @param {TargetedEvent<HTMLInputElement>} event */
    const onChange = (event) => onFiles(event.currentTarget.files ?? []);
    return html`
        <label class=${`button file ${kind}`}>
            <${Icon} name="file" />
            <span>${children}</span>
            <input type="file" class="hidden" accept=${TYPES} onChange=${onChange} />
        </label>`;
}

/**
 * How far one is on the way to an import.
 *
 * @param {{at: 'file' | 'columns' | 'import'}} props
 */
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
        /**
         * @param {'dragover' | 'dragleave' | 'drop'} type
         * @param {(event: DragEvent, dragged: DataTransfer) => void} handle
         */
        const on = (type, handle) => {
            /** @param {DragEvent} event */
            const listen = (event) => {
                if (event.dataTransfer?.types.includes('Files')) handle(event, event.dataTransfer);
            };
            addEventListener(type, listen, { signal: leaving.signal });
        };
        on('dragover', (event, dragged) => {
            // Without this the browser would open the file.
            event.preventDefault();
            dragged.dropEffect = 'copy';
            setOver(true);
        });
        // To nothing: out of the window.
        on('dragleave', (event) => event.relatedTarget === null && setOver(false));
        on('drop', (event, dragged) => {
            event.preventDefault();
            setOver(false);
            chooseFile(dragged.files);
        });
        return () => leaving.abort();
    }, []);
    if (!over) return null;
    return html`<div class="drop-target" aria-hidden="true"><p><${Icon} name="upload" />Drop the file to import it</p></div>`;
}
