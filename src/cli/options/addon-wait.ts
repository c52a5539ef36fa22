import { Option } from 'commander';
import { addonWaits, defaultAddonWait } from '../../reconcile/order/addon-waits.js';

/** The flag of commands that do what `rke up` does: which add-ons they wait for. */
export function addonWaitOption(): Option {
  return new Option('--wait <add-ons>', 'wait for all add-ons, for those that the cluster needs, or for none')
    .choices(addonWaits)
    .default(defaultAddonWait);
}
