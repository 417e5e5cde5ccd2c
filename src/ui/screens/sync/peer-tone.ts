import type { PeerView } from '../../../replica/links/peer-view.js';

/** A device that is turned away or asked last: something for a person to look at. */
export const needsCare = ({ state, isPreferred }: PeerView): boolean =>
  state === 'refused' || !isPreferred;
