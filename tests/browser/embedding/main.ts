import { type CommandError, type Result, type View, openBrowserReplica } from 'upkeep';

/** A log of watered plants for a few devices of one home: all of an app that embeds the library. */
const find = <T extends Element>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has ${selector}`);
  return found;
};
const status = find<HTMLElement>('#status');
const startForm = find<HTMLFormElement>('#start');
const words = find<HTMLElement>('#words');
const plants = find<HTMLElement>('#plants');
const agree = find<HTMLButtonElement>('#agree');

const rendezvous = new URL('rendezvous', location.href);
rendezvous.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const opened = await openBrowserReplica({
  profile: 'plants',
  rendezvousUrls: [rendezvous.href],
  onPen: () => location.reload(),
});
if (!opened.ok) {
  status.textContent = opened.error.message;
  throw new Error(opened.error.message);
}
const replica = opened.value;

/** A command answers with what it did or with the kind of its error; it does not throw. */
const tell = async <T>(done: Promise<Result<T, CommandError>>): Promise<void> => {
  const result = await done;
  if (!result.ok) status.textContent = `That did not work: ${result.error.kind}.`;
};

const show = (view: View): void => {
  const { stage, pairing, records, sync, snapshots, decisions } = view;
  startForm.hidden = stage !== 'empty' || pairing.kind !== 'idle';
  plants.hidden = stage !== 'member';
  words.hidden = pairing.kind !== 'comparing' || pairing.isConfirmed;
  if (pairing.kind === 'comparing') find('#words output').textContent = pairing.words.join(' ');
  find('#plants code').textContent = pairing.kind === 'inviting' ? pairing.groups.join(' ') : '';
  find('#plants ul').replaceChildren(
    ...records.map((record) => {
      const line = document.createElement('li');
      line.textContent = record.title;
      return line;
    }),
  );
  const asked = decisions.find((each) => each.needsMe && each.approveBlocker === null);
  agree.hidden = asked === undefined;
  agree.onclick = () => asked && void tell(replica.decisions.approve(asked.id, ''));
  status.textContent = `${stage}, ${sync.inStepCount} in step, ${snapshots.length} let go`;
};

startForm.onsubmit = (event) => {
  event.preventDefault();
  const given = new FormData(startForm);
  const [device, code] = [String(given.get('device')), String(given.get('code'))];
  void tell(code === '' ? replica.account.create(device) : replica.devices.join(code, device));
};
words.onclick = (event) => {
  if (event.target instanceof HTMLButtonElement) {
    void tell(replica.devices.confirmWords(event.target.value === 'yes'));
  }
};
find<HTMLFormElement>('#water').onsubmit = (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const title = String(new FormData(form).get('plant'));
  form.reset();
  void tell(replica.records.create({ title, text: '', labels: ['watered'] }));
};
find<HTMLElement>('#invite').onclick = () => void tell(replica.devices.invite());
find<HTMLElement>('#tidy').onclick = () => void tell(replica.snapshots.propose(''));

replica.subscribe(() => show(replica.view()));
show(replica.view());
