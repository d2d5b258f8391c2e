// Whether the window fits a media query, now and whenever that changes.
//
//     const isWide = useMedia('(min-width: 1200px)');

import { useEffect, useState } from '../vendor/hooks.js';

/** @param {string} query */
export function useMedia(query) {
    const [fits, setFits] = useState(() => matchMedia(query).matches);
    useEffect(() => {
        const media = matchMedia(query);
        const update = () => setFits(media.matches);
        update();
        media.addEventListener('change', update);
        return () => media.removeEventListener('change', update);
    }, [query]);
    return fits;
}
