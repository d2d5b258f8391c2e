// People to look at: what tests of several views enter into the book about them.

/** Custom fields, and four contacts of whom something different is known each. The last active comes first. */
export async function somePeople(api) {
    await api.post('/custom-fields', { key: 'plan', label: 'Plan', type: 'string' });
    await api.post('/custom-fields', { key: 'budget', label: 'Budget', type: 'number' });
    const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000);
    const events = [
        ['visit-4', 'web_chat', 4_000, { name: 'Eva Nováková', email: 'eva.novak@example.cz', 'custom.budget': 1200 }],
        ['visit-3', 'instagram', 300, { name: 'Noor Haddad', instagram: '@noor.designs' }],
        ['visit-2', 'whatsapp', 30, { name: 'Beatriz Souza', whatsapp: '+5511987654321', 'custom.plan': 'pro' }],
        ['visit-1', 'telephone', 4, { name: 'Marcus Reed', telephone: '+12015550123', email: 'marcus@example.com' }],
    ];
    const ids = {};
    for (const [conversation, channel, minutes, captured] of events) {
        const { contact_id: id } = await api.fold({ conversation, channel, at: minutesAgo(minutes), captured });
        ids[captured.name] = id;
    }
    return ids;
}

/** Names that try to be something else than text, with an email each. */
export const HOSTILE = [
    { name: '<b></b><img src=x onerror="document.title=\'broken\'">', email: 'markup@example.com' },
    { name: '</td></tr></table><script>document.title="broken"</script>', email: 'script@example.com' },
    { name: `Long${'long'.repeat(49)}`, email: `${'l'.repeat(60)}@${'d'.repeat(60)}.example` },
    { name: 'مريم عبد الله الفارسي', email: 'rtl@example.com' },
    { name: 'עדה (Ada', email: 'mixed@example.com' },
    { name: '{{7*7}} ${7*7} &lt;b&gt; %00', email: 'template@example.com' },
];
