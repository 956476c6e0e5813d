// Preloaded into servers that put the time of day into their answers: asked directly and through the gateway, they say the same.
Date.prototype.toLocaleTimeString = () => '12:00:00 PM';
