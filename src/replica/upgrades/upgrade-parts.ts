import type { StatementHash } from '../../core/base/brands.js';
import type { Upgrade } from '../../core/upgrades/upgrade.js';
import type { CodePolicy } from './code-policy.js';
import type { Done } from '../command-error.js';
import type { Context } from '../context.js';
import { onFetched } from '../loop/fetched-part.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { isAboutRoster } from '../membership/roster-ballots.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import type { RosterService } from '../membership/roster-service.js';
import { stageNow } from '../decisions/standing-of.js';
import type { UpgradeCommands } from './upgrade-commands.js';
import { createUpgradeDeeds } from './upgrade-deeds.js';
import { viewUpgrades } from './upgrade-listing.js';
import type { Publishing } from './upgrade-publishing.js';
import {
  type UpgradeOptions,
  type UpgradeService,
  createUpgradeService,
} from './upgrade-service.js';
import type { UpgradesView } from './upgrade-view.js';

/** Everything that has to do with the account's own code. */
export interface UpgradeParts extends UpgradeService {
  readonly commands: UpgradeCommands;
  readonly view: (holdings: Holdings) => UpgradesView;
}

export const createUpgradeParts = (
  context: Context,
  intake: Intake,
  rosters: RosterService,
  options: UpgradeOptions,
  peers: PeerChoice,
  policy: CodePolicy,
  settleSoon: () => void,
): UpgradeParts => {
  const upgrades = createUpgradeService(context, intake, options, peers, settleSoon);

  /** Few devices ever offer a release: its code is fetched when one does. */
  const fetched = <T>(command: (found: Publishing) => Done<T>): Done<T> =>
    onFetched(import('./upgrade-publishing.js'), ({ createPublishing }) =>
      command(createPublishing(context, intake, upgrades)),
    );
  const publishing: Publishing = {
    publish: (draft) => fetched((found) => found.publish(draft)),
    discover: (url) => fetched((found) => found.discover(url)),
  };

  const requireReady: UpgradeCommands['requireReady'] = (devices) =>
    onFetched(import('./rule-setting.js'), ({ createReadyRuleSetting }) =>
      createReadyRuleSetting(context, intake, upgrades)(devices),
    );

  /** The open decision that would make this bundle binding. */
  const decisionOf = (holdings: Holdings, { body }: Upgrade): StatementHash | null => {
    const nowMs = context.ports.clock.wallMs();
    for (const ceremony of holdings.ceremonies().values()) {
      const isOpen = isAboutRoster(ceremony) && stageNow(holdings, ceremony, nowMs) === 'open';
      const manifest = isOpen ? ceremony.matter.record.activation?.manifest : undefined;
      if (manifest === body.manifest) return ceremony.statement;
    }
    return null;
  };

  const askBinding = async ({ body }: Upgrade) => {
    const { package: name, version, manifest } = body;
    const activation = { package: name, version, manifest };
    const drafted = await onFetched(import('../membership/roster-draft.js'), ({ draftRecord }) =>
      draftRecord(context, { activation }, 'upgrade_activate'),
    );
    return drafted.ok ? rosters.propose(drafted.value, [], '') : drafted;
  };

  return {
    ...upgrades,
    commands: createUpgradeDeeds(context, intake, {
      ...{ upgrades, publishing, askBinding },
      rules: { requireAgreedCode: policy.require, requireReady },
      isAsked: (holdings, upgrade) => decisionOf(holdings, upgrade) !== null,
    }),
    view: (holdings) => viewUpgrades(holdings, upgrades, decisionOf, policy.view(holdings)),
  };
};
